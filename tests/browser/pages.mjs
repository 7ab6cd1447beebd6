// Every page in every language: what axe finds, and a picture of each. The data are those that the stories left.
import fs from "node:fs";
import path from "node:path";
import { axe, base, done, openBrowser, openPage, scratch, shot, signIn, tap } from "./lib.mjs";

const browser = await openBrowser();
const page = await openPage(browser);

async function first(path, selector) {
	await page.goto(base + path);
	const href = await page.locator(selector).first().getAttribute("href", { timeout: 5000 });
	return new URL(href, base).pathname;
}

async function allPages() {
	const matrix = "/notice/FSN2023-1338/matrix";
	const pages = {
		"my-notices": "/", "notices-add": "/notices/add", notice: "/notice/FSN2023-1338", "notice-2": "/notice/FSN2024-1562", matrix,
		"matrix-2": "/notice/FSN2025-1682/matrix", "matrix-empty": `${matrix}?q=nothing-like-this`, several: "/notice/FSN2023-1338/several",
		reply: "/notice/FSN2023-1338/reply", signed: "/reply/1", devices: "/devices", "devices-empty": "/devices?q=nothing-like-this",
		import: "/devices/import", check: "/check", result: "/check/result", ledger: "/ledger", settings: "/settings", site: "/settings/site",
		parameters: "/settings/parameters", accounts: "/settings/accounts", evidence: "/evidence", about: "/about", "not-found": "/nowhere",
	};
	pages.device = await first("/devices", "tbody th a");
	pages["cell-claimed"] = await first(matrix, "#matrix td a:has(.badge-claimed)");
	pages["cell-open"] = await first(matrix, "#matrix td a:has(.badge-neutral)");
	pages["cell-checked"] = await first("/notice/FSN2025-1682/matrix", "#matrix td a");
	pages["cell-stale"] = await first(matrix, "#stale a");
	pages["cell-contradicted"] = await first("/notice/FSN2025-1682/matrix", "#contradictions a");
	await page.goto(`${base}/evidence`);
	await page.getByRole("button", { name: "Make a challenge", exact: true }).click();
	await page.waitForURL(/\/evidence\/challenge\//);
	pages.challenge = new URL(page.url()).pathname;
	pages["device-events"] = (await first("/devices?q=NDX", "tbody th a"));
	pages.observation = await first(pages["cell-checked"], "a[href^='/observation/']");
	return pages;
}

await signIn(page, "anna", "correct horse battery");
const pages = await allPages();

for (const lang of ["en", "da", "de", "es", "it"]) {
	const found = [];
	let wrong = 0;

	await page.goto(`${base}/`);
	await page.locator(`button[name=lang][value=${lang}]`).click();
	for (const [name, path] of Object.entries(pages)) {
		await page.goto(base + path);
		wrong += (await page.getAttribute("html", "lang")) === lang ? 0 : 1;
		found.push(await axe(page));
		await shot(page, `${lang}-${name}`);
	}
	await page.goto(`${base}/evidence`);
	await page.setInputFiles("input[type=file]", fs.readdirSync(scratch).filter((f) => /^facts-.*json$/.test(f)).map((f) => path.join(scratch, f)));
	await page.locator("main form[enctype] button[type=submit]").click();
	found.push(await axe(page));
	await shot(page, `${lang}-brought`);
	await page.goto(`${base}/notice/FSN2023-1338/reply`);
	await page.locator("button[value=preview]").click();
	found.push(await axe(page));
	await shot(page, `${lang}-preview`);
	tap(wrong === 0, `${Object.keys(pages).length} pages in ${lang} say that they are in ${lang}`, `${wrong} do not`);
	tap(found.every((f) => f === ""), `axe finds nothing on any page in ${lang}`, found.filter((f) => f !== "").join("\n"));
}
tap(page.faults.length === 0, "no page broke its own policy and no script failed", page.faults.join("\n"));

// A tablet, 200 % zoom of a small screen, and paper.
await page.goto(`${base}/`);
await page.locator("button[name=lang][value=en]").click();
for (const [name, width] of [["tablet", 820], ["zoomed", 600], ["narrow", 360]]) {
	const wide = [];

	await page.setViewportSize({ width, height: 900 });
	for (const [what, path] of Object.entries(pages)) {
		await page.goto(base + path);
		const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		if (over > 1) {
			wide.push(`${what}: ${over} px`);
		}
	}
	for (const what of ["my-notices", "matrix", "cell-checked", "evidence", "challenge", "device-events"]) {
		await page.goto(base + pages[what]);
		await shot(page, `${name}-${what}`);
	}
	tap(wide.length === 0, `at ${width} pixels no page must be pushed sideways`, wide.join("\n"));
}
await page.setViewportSize({ width: 1200, height: 850 });
await page.emulateMedia({ media: "print" });
for (const what of ["matrix", "cell-checked", "signed", "challenge"]) {
	await page.goto(base + pages[what]);
	await shot(page, `paper-${what}`);
}
await page.goto(`${base}/notice/FSN2023-1338/matrix`);
tap(!(await page.locator("header").isVisible()), "navigation is not printed");
tap(await page.locator("#matrix").isVisible(), "the matrix is");
await browser.close();
done();
