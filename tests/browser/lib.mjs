// What the stories share: TAP lines, a browser, accessibility by axe, screenshots.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const base = process.env.BASE;
export const shots = process.env.SHOTS;
export const scratch = process.env.RUN;

let n = 0;
let failed = 0;
export function tap(ok, text, note = "") {
	n += 1;
	console.log(`${ok ? "ok" : "not ok"} ${n} - ${text}`);
	if (!ok) {
		failed += 1;
		for (const line of String(note).split("\n")) {
			console.log(`# ${line}`);
		}
	}
}
export function done() {
	console.log(`1..${n}`);
	process.exitCode = failed === 0 ? 0 : 1;
}

// A step that may throw: a story goes on, and the fault is told where it happened.
export async function step(page, text, what) {
	try {
		await what();
		tap(true, text);
	} catch (e) {
		const seen = await page.locator("main").innerText({ timeout: 1000 }).catch(() => "no page");
		tap(false, text, `${e.message}\nat ${page.url()}\n${seen.slice(0, 1500)}`);
	}
}
export function must(condition, text) {
	if (!condition) {
		throw new Error(text);
	}
}

export async function openBrowser() {
	return chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		headless: true,
		args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
	});
}

export async function openPage(browser, options = {}) {
	const context = await browser.newContext({ viewport: { width: 1200, height: 850 }, locale: "en-GB", acceptDownloads: true, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	// A page that breaks its own policy, or whose script fails, is a fault.
	page.faults = [];
	page.on("pageerror", (e) => page.faults.push(String(e)));
	page.on("console", (m) => {
		if (m.type() === "error" && !/status of 4\d\d/.test(m.text())) {
			page.faults.push(m.text());
		}
	});
	return page;
}

export async function shot(page, name) {
	fs.mkdirSync(shots, { recursive: true });
	await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

// All that axe finds on the page, as text; "" when it finds nothing.
export async function axe(page) {
	await page.evaluate(axeSource);
	const found = await page.evaluate(() => window.axe.run(document));
	return found.violations
		.map((v) => `${page.url()}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((x) => x.html.slice(0, 200)).join(" | ")}`)
		.join("\n");
}

export async function signIn(page, name, password) {
	await page.goto(`${base}/sign-in`);
	await page.fill("#name", name);
	await page.fill("#password", password);
	await page.click("main button[type=submit]");
	await page.waitForURL((u) => u.pathname === "/");
}
