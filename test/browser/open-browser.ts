// Finds a Chromium and opens it: the one named by TESSERA_CHROMIUM, the machine's own, else the one that comes from the package registry.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing of the browser may reach out by itself: the tests run where there may be no network. */
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).find(isRunnable);
}

/** Unpacks the packaged browser into the temporary folder where nothing else is there (about three seconds, once). */
async function packaged(): Promise<string> {
  const { default: packagedChromium } = await import('@sparticuz/chromium');
  return packagedChromium.executablePath();
}

export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return env.TESSERA_CHROMIUM || onPath(env) || (await packaged());
}

/** A headless browser; the caller closes it. `ignoreDefaultArgs` takes away what Playwright adds by itself. */
export async function openBrowser(
  env: NodeJS.ProcessEnv = process.env,
  ignoreDefaultArgs: readonly string[] = [],
): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(env), args, ignoreDefaultArgs: [...ignoreDefaultArgs] });
}
