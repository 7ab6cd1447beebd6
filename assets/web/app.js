// Parts that change by themselves: fetched again every few seconds. An empty answer means that it is over: the page is loaded anew.
// Without this script the page asks to be loaded again by itself; nothing else needs a script.
"use strict";
for (const part of document.querySelectorAll("[data-live]")) {
	const look = async () => {
		try {
			const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
			if (answer.status === 204) {
				location.reload();
				return;
			}
			if (answer.ok) {
				const page = new DOMParser().parseFromString(await answer.text(), "text/html");
				part.replaceChildren(...page.body.childNodes);
			}
		} catch (e) {
			// The server is away for a moment: try again.
		}
		setTimeout(look, 1000 * Number(part.dataset.every));
	};
	setTimeout(look, 1000 * Number(part.dataset.every));
}
