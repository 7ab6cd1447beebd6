// Four stories through the pages, as a person would go. ARGV: address of the first start, program that plays a management controller,
// program that signs fact files, folder of recorded facts.
import fs from "node:fs";
import path from "node:path";
import { execFileSync, spawn } from "node:child_process";
import { base, done, must, openBrowser, openPage, scratch, shot, signIn, step, tap } from "./lib.mjs";

const [setup, bmc, sign, recorded] = process.argv.slice(2);
const password = "correct horse battery";
const bmcPort = 20000 + (process.pid % 20000);
const main = (page) => page.locator("main");
const button = (page, name) => page.getByRole("button", { name, exact: true });

// A management controller on loopback; ends when end() is called.
async function controller(...options) {
	const child = spawn(bmc, ["--port", String(bmcPort), ...options], { stdio: ["ignore", "pipe", "inherit"] });

	await new Promise((resolve, reject) => {
		child.stdout.on("data", (d) => String(d).includes("listening") && resolve());
		child.on("exit", () => reject(new Error("the controller did not start")));
	});
	return {
		end: () => new Promise((resolve) => {
			child.removeAllListeners("exit");
			child.on("exit", resolve);
			child.kill("SIGTERM");
		}),
	};
}

const list = path.join(scratch, "Ger\u00e4te.csv");
fs.writeFileSync(list, `Seriennummer;Ger\u00e4t;REF;Hersteller;Raum;Abteilung;IP-Adresse;BMC;Netz;Version Dx;Version RUO;Modus jetzt
M01203;MiSeqDx;DX-410-1001;Illumina;Labor 2.14;Humangenetik;127.0.0.1;;lokal;4.0.1;4.0;Dx
M00942;MiSeqDx;DX-410-1001;Illumina;Labor 2.16;Onkologie;127.0.0.1;;lokal;4.0.1;4.0;RUO
NDX550112;NextSeq 550Dx;20005715;Illumina;Labor 3.02;Onkologie;127.0.0.1;;Internet;1.3.1;4.0;Dx
A01555;NovaSeq 6000Dx;20068232;Illumina;Serverraum;P\u00e4diatrie;;127.0.0.1:${bmcPort};lokal;;;
MSQ-0077;Miseq Dx (alt);;Illumina;Keller;Humangenetik;;;lokal;;;
TC-4471;Thermocycler T100;1861096;Bio-Rad;Labor 2.14;Humangenetik;;;kein Netz;;;
;NextSeq 550Dx;20005715;Illumina;Labor 3.06;Onkologie;;;lokal;;;
`);

async function firstStart(page) {
	await step(page, "story 1: the address from the terminal makes the first account", async () => {
		await page.goto(setup);
		await shot(page, "s1-1-first-start");
		await page.fill("#name", "anna");
		await page.fill("#display", "Anna Holm");
		await page.fill("#password", password);
		await page.fill("#password2", "correct horse");
		await button(page, "Make the account").click();
		must((await page.inputValue("#display")) === "Anna Holm", "what was typed is lost");
		must(await page.getByText("This is not the same password.").isVisible(), "the mistake is not told beside the field");
		await page.fill("#password", password);
		await page.fill("#password2", password);
		await button(page, "Make the account").click();
		await page.waitForURL(/said=welcome/);
		must(await page.getByText("First steps").isVisible(), "an empty start page does not tell the next step");
		await shot(page, "s1-2-welcome");
	});
	await step(page, "story 1: the site says who it is", async () => {
		await page.goto(`${base}/settings/site`);
		await page.fill("#name", "Universit\u00e4tsklinikum Holm");
		await page.fill("#address", "Laborweg 4\n8000 Holm");
		await page.fill("#country", "DK");
		await page.fill("#contact_name", "Anna Holm");
		await page.fill("#contact_email", "anna@example.org");
		await page.fill("#vantage", "server room");
		await button(page, "Save").click();
		must(await page.getByText("Saved.").isVisible(), "not told that it is saved");
	});
	await step(page, "story 1: a list of devices is looked at first, then taken", async () => {
		await page.goto(`${base}/devices/import`);
		await page.setInputFiles("input[type=file]", list);
		await button(page, "See what would happen").click();
		must(await page.getByText("Nothing has been changed yet").isVisible(), "not told that nothing changed");
		await shot(page, "s1-3-import-preview");
		must(await page.getByRole("heading", { name: "Rows that cannot be taken" }).isVisible(), "the row without serial number is not told");
		await button(page, "Take the good rows").click();
		must(await page.getByText("The list is in, and compared with your notices.").isVisible(), "the list was not taken");
		const [rejected] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the rows to correct" }).click()]);
		must(fs.readFileSync(await rejected.path(), "utf8").includes("Labor 3.06"), "the bad row is not in the file to mend");
		await shot(page, "s1-4-imported");
	});
	await step(page, "story 1: the notices are added from their folders", async () => {
		for (const ref of ["FSN2023-1338", "FSN2024-1562", "FSN2025-1682"]) {
			await page.goto(`${base}/notices/add`);
			await button(page, `Add ${ref}`).click();
			await page.waitForURL(/said=added/);
		}
		await page.goto(`${base}/notices/add`);
		must((await page.getByText("Added already").count()) === 3, "not all three are told as added");
		await shot(page, "s1-5-notices-add");
	});
	await step(page, "story 1: my notices tell how many devices are affected and what comes next", async () => {
		await page.goto(`${base}/`);
		must((await page.getByText("Next step:").count()) === 3, "not every notice has a next step");
		must(/0 of 12 cells verified/.test(await main(page).innerText()), "the cells of the first notice are not counted with their denominator");
		await shot(page, "s1-6-my-notices");
	});
	await step(page, "story 1: a device that the list leaves open is decided by a person, with the reason", async () => {
		await page.getByRole("link", { name: "Decide" }).first().click();
		await page.getByRole("link", { name: "MSQ-0077" }).first().click();
		const card = page.locator("section.card", { has: page.getByText("Cannot tell: please decide") }).first();
		await card.locator("select[name=product]").selectOption({ label: "not affected by this notice" });
		await card.getByRole("textbox").fill("It is a MiSeq without Dx: read on the type plate");
		await shot(page, "s1-7-decide");
		await card.getByRole("button", { name: "Save this decision" }).click();
		must(await page.getByText("Decided by").first().isVisible(), "the decision is not shown");
	});
	await step(page, "story 1: the matrix has a word in each place and leads to the cell with one click", async () => {
		await page.goto(`${base}/notice/FSN2023-1338/matrix`);
		await shot(page, "s1-8-matrix");
		const places = page.locator("#matrix td .badge");
		must((await places.count()) === 12, `${await places.count()} places instead of 12`);
		must((await places.allInnerTexts()).every((t) => t.trim() !== ""), "a place without a word");
		await page.locator("#q").fill("NDX");
		await button(page, "Show").click();
		must((await page.locator("#matrix tbody tr").count()) === 1, "the filter by text does not filter");
		await page.locator("#matrix td a").first().click();
		must(/\/cell\/\d+$/.test(page.url()), "no click to the cell");
	});
}

async function checking(page) {
	let server = await controller("--anonymous");
	const cell = async () => {
		await page.goto(`${base}/notice/FSN2025-1682/matrix`);
		await page.locator("#matrix td a").first().click();
	};
	const run = async () => {
		await button(page, "Check this device now").click();
		await page.waitForURL(/\/check\/(watch|result)/);
		await page.waitForURL(/\/check\/result/, { timeout: 60000 });
	};

	await step(page, "story 2: before it starts, a check shows what it would send", async () => {
		await page.goto(`${base}/check?ref=FSN2025-1682`);
		await button(page, "Only show what would be sent").click();
		must((await page.locator("pre").innerText()).includes(`127.0.0.1:${bmcPort}`), "the address is not shown");
		await shot(page, "s2-1-dry-run");
	});
	await step(page, "story 2: a serial number that is not there is told beside the form", async () => {
		await page.fill("#serial", "NOSUCH");
		await button(page, "Start the check").click();
		must(await page.getByText("This cannot be checked.").isVisible(), "not told");
		must((await page.inputValue("#serial")) === "NOSUCH", "what was typed is lost");
	});
	await step(page, "story 2: a weak controller is seen as such", async () => {
		await cell();
		await run();
		await shot(page, "s2-2-result-weak");
		must((await page.locator("table .badge-fail").count()) > 0, "no failed answer");
		await cell();
		must(await page.locator("dd .badge", { hasText: "failed" }).first().isVisible(), "the cell does not say that it failed");
		await shot(page, "s2-3-cell-failed");
	});
	await step(page, "story 2: the evidence shows every byte with its time", async () => {
		await page.getByRole("link", { name: "All that was sent and received" }).first().click();
		const text = await main(page).innerText();
		must(text.includes(`127.0.0.1:${bmcPort}`) && text.includes("server room") && /0000 {2}06 00/.test(text), "no address, place or bytes");
		await shot(page, "s2-4-observation");
	});
	await server.end();
	server = await controller();
	await step(page, "story 2: after mending, the same check says fixed", async () => {
		await cell();
		await run();
		await shot(page, "s2-5-result-mended");
		must((await page.locator("table").getByText("fixed", { exact: true }).count()) > 0, "no answer became fixed");
		await cell();
		must((await page.locator("section.card").getByText("fixed", { exact: true }).count()) > 0, "the cell's evidence has not changed");
		await shot(page, "s2-6-cell-fixed");
	});
	await server.end();
}

async function download(page, name) {
	const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name, exact: true }).click()]);
	return fs.readFileSync(await file.path());
}

async function replying(page) {
	const matrix = `${base}/notice/FSN2023-1338/matrix`;

	await step(page, "story 3: a step is claimed with a note", async () => {
		await page.goto(matrix);
		await page.locator("#matrix td a").first().click();
		await page.fill("#note", "patched by IT, ticket 4711");
		await button(page, "Say that it is done").click();
		await page.waitForURL(/said=claimed/);
		must((await main(page).innerText()).includes("ticket 4711"), "the note is not shown");
		await shot(page, "s3-1-claimed");
	});
	await step(page, "story 3: planned without a day is not taken, and nothing typed is lost", async () => {
		await page.goto(matrix);
		await page.locator("#matrix td a").nth(1).click();
		await page.locator("summary", { hasText: "It is not done" }).click();
		await page.selectOption("#reason", "planned");
		await page.fill("#text", "at the next service");
		await button(page, "Save this reason").click();
		must(await page.getByText("Please give the day that it is planned for.").isVisible(), "the missing day is not told beside its field");
		must((await page.inputValue("#text")) === "at the next service" && (await page.inputValue("#reason")) === "planned", "what was typed is lost");
		await shot(page, "s3-2-day-missing");
		await page.fill("#planned", "2027-01-15");
		await button(page, "Save this reason").click();
		await page.waitForURL(/said=not-done/);
		must((await main(page).innerText()).includes("15 January 2027"), "the day is not shown");
	});
	await step(page, "story 3: several cells are claimed at once", async () => {
		await page.goto(`${base}/notice/FSN2023-1338/several?q=NDX&all=1`);
		await page.fill("#note", "all four by the service engineer");
		await shot(page, "s3-3-several");
		await button(page, "Say that they are done").click();
		await page.waitForURL(/said=claimed/);
		must((await page.locator("#matrix td .badge-claimed").count()) === 5, "not five claimed places");
	});
	await step(page, "story 3: the reply is prefilled, looked at and what is open is told", async () => {
		await page.goto(`${base}/notice/FSN2023-1338/reply`);
		await shot(page, "s3-4-reply");
		for (const yes of await page.locator("input[name^='s-'][value=yes]").all()) {
			await yes.check();
		}
		await page.locator("input[name=distributor][value=none]").check();
		await page.fill("#remark", "The second instrument follows in January.");
		await button(page, "Look at the whole form").click();
		must(await page.locator("#paper").getByText("M01203").first().isVisible(), "the form does not show the device");
		must((await main(page).innerText()).includes("The second instrument follows in January."), "the remark is not in the form");
		await shot(page, "s3-5-preview");
		const [draft] = await Promise.all([page.waitForEvent("download"), button(page, "Draft as PDF").click()]);
		must(fs.readFileSync(await draft.path()).subarray(0, 5).toString() === "%PDF-", "the draft is no PDF");
	});
	await step(page, "story 3: it is not signed without the sentence ticked, and signed with it", async () => {
		await page.fill("#function", "Laboratory manager");
		await button(page, "Sign the reply").click();
		must(await page.getByText("Please tick the sentence above").isVisible(), "the missing tick is not told");
		must((await page.inputValue("#function")) === "Laboratory manager", "what was typed is lost");
		await page.locator("input[name=read]").check();
		await button(page, "Sign the reply").click();
		await page.waitForURL(/\/reply\/1\?said=signed/);
		await shot(page, "s3-6-signed");
	});
	await step(page, "story 3: PDF, data and receipt are downloaded", async () => {
		must((await download(page, "Reply as PDF")).subarray(0, 5).toString() === "%PDF-", "no PDF");
		const reply = JSON.parse((await download(page, "Reply as data (JSON)")).toString());
		must(JSON.stringify(reply).includes("Laboratory manager"), "the signer is not in the data");
		const receipt = JSON.parse((await download(page, "Receipt")).toString());
		must(JSON.stringify(receipt).length > 100, "an empty receipt");
		must((await download(page, "Reply as a web page")).toString().startsWith("<!doctype html>"), "no web page");
	});
	await step(page, "story 3: the ledger is whole", async () => {
		await page.goto(`${base}/ledger`);
		await button(page, "Verify the ledger").click();
		must(await page.getByText("The ledger is whole").isVisible(), "it is not");
		await shot(page, "s3-7-ledger");
	});
	await step(page, "story 3: signed out is signed out", async () => {
		await button(page, "Sign out").click();
		await page.waitForURL(/sign-in/);
		await page.goto(matrix);
		must(page.url().includes("/sign-in?to="), "still in");
		await page.fill("#name", "anna");
		await page.fill("#password", password);
		await button(page, "Sign in").click();
		await page.waitForURL(matrix);
	});
}

// A fact file as the collector would have left it on the stick.
function collected(facts, serial, mode, challenge) {
	const file = path.join(scratch, `facts-${serial}-${mode || "server"}.json`);
	const options = ["--collected", new Date().toISOString().replace(/\.\d+/, ""), "--serial", serial, "--mode", mode, "--challenge", challenge];

	fs.writeFileSync(file, execFileSync(sign, [...options, path.join(recorded, `${facts}.json`)]));
	return file;
}

async function bringing(page) {
	let challenge;

	await step(page, "story 4: a challenge is made, big enough to be typed from paper", async () => {
		await page.goto(`${base}/`);
		await page.getByRole("link", { name: "Evidence", exact: true }).click();
		await shot(page, "s4-1-evidence");
		await button(page, "Make a challenge").click();
		await page.waitForURL(/\/evidence\/challenge\//);
		challenge = await page.locator("#challenge").innerText();
		must((await page.locator("#challenge").boundingBox()).height > 40, "the code is small");
		must((await page.locator("pre").innerText()).includes(challenge), "the line to type does not hold the code");
		await shot(page, "s4-2-challenge");
		await page.emulateMedia({ media: "print" });
		await shot(page, "s4-2-challenge-paper");
		await page.emulateMedia({ media: "screen" });
	});
	await step(page, "story 4: several files are brought at once, and each is told by itself", async () => {
		const letter = path.join(scratch, "holiday.json");

		fs.writeFileSync(letter, "{}");
		await page.goto(`${base}/evidence`);
		await page.setInputFiles("input[type=file]", [
			collected("windows-nextseq550dx-dx-good", "NDX550112", "Dx", challenge),
			collected("windows-nextseq550dx-ruo-admin-nested", "NDX550112", "RUO", challenge),
			collected("linux-dragen-good", "A01555", "", challenge), letter]);
		await button(page, "Take them in").click();
		await shot(page, "s4-3-brought");
		must((await page.locator("section.card h2 .badge-pass").count()) === 3, "not three files taken in");
		must((await page.locator("section.card h2 .badge-fail").count()) === 1, "the other one is not refused");
		must(await page.getByText("It is no fact file and no capture, or it is damaged.").isVisible(), "not told why");
	});
	await step(page, "story 4: a step is verified by what was read on the device", async () => {
		await page.goto(`${base}/notice/FSN2023-1338/matrix?q=NDX`);
		must((await page.locator("#matrix td .badge-verified").count()) > 0, "no verified place");
		await page.locator("#matrix td a:has(.badge-verified)").first().click();
		must(await page.getByText("what was seen to happen").first().isVisible(), "how it is known is not told");
		await shot(page, "s4-4-verified");
		await page.getByRole("link", { name: "What it saw" }).first().click();
		await shot(page, "s4-5-facts");
	});
	await step(page, "story 4: a service visit is recorded at the device, and ends what was proven", async () => {
		await page.goto(`${base}/devices?q=NDX`);
		await page.locator("tbody th a").first().click();
		await page.locator("summary", { hasText: "Record an event" }).click();
		await page.selectOption("#kind", "service-visit");
		await page.locator("#day").fill(new Date().toISOString().slice(0, 10));
		await page.locator("main form[action$='/event'] input[name=note]").fill("hard disk changed, ticket 4712");
		await button(page, "Record it").click();
		await page.waitForURL(/said=event/);
		must((await page.locator("main table").last().innerText()).includes("ticket 4712"), "the event is not in the list");
		await shot(page, "s4-6-event");
		await page.goto(`${base}/notice/FSN2023-1338/matrix`);
		must(await page.locator("#stale").isVisible(), "the matrix does not say what ended");
		await shot(page, "s4-7-stale");
		await page.locator("#stale summary").click().catch(() => {});
		await page.locator("#stale a").first().click();
		must(await page.getByText("Evidence that no longer holds").first().isVisible(), "the cell does not say that its evidence has run out");
		await shot(page, "s4-8-cell-stale");
	});
	const server = await controller("--anonymous");
	await step(page, "story 4: what the network says against what the device says is a contradiction", async () => {
		await page.goto(`${base}/notice/FSN2025-1682/matrix`);
		await page.locator("#matrix td a").first().click();
		await button(page, "Check this device now").click();
		await page.waitForURL(/\/check\/result/, { timeout: 60000 });
		await page.goto(`${base}/notice/FSN2025-1682/matrix`);
		await shot(page, "s4-9-contradiction");
		must(await page.locator("#contradictions").isVisible(), "the matrix does not tell of it");
		await page.locator("#contradictions a").first().click();
		must(await page.getByText("Contradicted by").first().isVisible(), "the cell does not");
		await shot(page, "s4-a-cell-contradicted");
	});
	await server.end();
}

const browser = await openBrowser();
const page = await openPage(browser);
await firstStart(page);
await checking(page);
await replying(page);
tap(page.faults.length === 0, "no page broke its own policy and no script failed", page.faults.join("\n"));

// The same without a script: a check is watched to its end by a page that asks to be loaded again.
const plain = await openPage(browser, { javaScriptEnabled: false });
const server = await controller();
await step(plain, "without JavaScript: sign in, check, watch, read the result", async () => {
	await signIn(plain, "anna", password);
	await plain.goto(`${base}/check?ref=FSN2025-1682`);
	await button(plain, "Start the check").click();
	await plain.waitForURL(/\/check\/result/, { timeout: 60000 });
	must((await plain.locator("table tbody tr").count()) > 0, "no answers");
});
await server.end();
await bringing(page);
await browser.close();
done();
