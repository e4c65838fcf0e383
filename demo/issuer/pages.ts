// The demo issuer's own pages: choosing who to be, signing out, and what went wrong. Plain HTML, no script but one line.
import type { DemoPerson } from '../world.ts';

export interface DemoTenant {
  readonly tenant: string;
  readonly displayName: string;
  readonly people: readonly DemoPerson[];
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

const style = `
:root{color-scheme:light dark;--page:#f6f5f2;--card:#fff;--ink:#1d1f24;--soft:#5c6270;--line:#dcdad4;--accent:#2f5bd7;--on:#fff;--warn:#a3261f}
@media(prefers-color-scheme:dark){:root{--page:#121419;--card:#1b1e25;--ink:#eceef2;--soft:#a5acba;--line:#323742;--accent:#8fb0ff;--on:#10131a;--warn:#ff9a91}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:clamp(1.5rem,5vw,4rem) 1.25rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .5rem;letter-spacing:-.01em}
h2{font-size:1rem;margin:0 0 .75rem}
p{margin:0 0 1.5rem;color:var(--soft);max-width:40rem}
.tenants{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(15.5rem,1fr))}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.375rem}
button{font:inherit;color:inherit;cursor:pointer;border-radius:.5rem}
.person{width:100%;text-align:left;background:none;border:1px solid transparent;padding:.5rem .625rem;display:grid}
.person:hover{border-color:var(--accent)}
.person small{color:var(--soft);overflow-wrap:anywhere}
.other{margin-top:1.5rem}
.other div{display:flex;gap:.5rem;flex-wrap:wrap}
label{display:block;font-weight:600;margin-bottom:.375rem}
input{font:inherit;flex:1 1 16rem;min-width:0;padding:.5rem .75rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--page);color:inherit}
.go{background:var(--accent);color:var(--on);border:0;padding:.5rem 1.25rem;font-weight:600}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.wrong{color:var(--warn);font-weight:600;margin:.75rem 0 0}
`;

export const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;

const person = (one: DemoPerson) => `<li><button class="person" name="email" value="${escapeHtml(one.email)}">
<span>${escapeHtml(one.name)}</span><small>${escapeHtml(one.groups.join(', '))} \u00b7 ${escapeHtml(one.email)}</small></button></li>`;

/** Who to be: one button a person, by tenant, and a field for an e-mail. */
export function signInPage(action: string, tenants: readonly DemoTenant[], wrong: string | undefined): string {
  const lists = tenants
    .map(
      ({
        tenant,
        displayName,
        people,
      }) => `<section aria-labelledby="${tenant}"><h2 id="${tenant}">${escapeHtml(displayName)}</h2>
<ul>${people.map(person).join('')}</ul></section>`,
    )
    .join('');
  const note =
    wrong === undefined
      ? ''
      : `<p class="wrong" id="wrong" role="alert">Nobody in the demo has the e-mail ${escapeHtml(wrong)}. Choose one from the lists.</p>`;
  return page(
    'Sign in \u2013 Tessera demo',
    `<h1>Sign in to the Tessera demo</h1>
<p>This issuer is part of the demo. Its people are invented and there are no passwords: choose who you want to be.</p>
<form method="post" action="${escapeHtml(action)}"><div class="tenants">${lists}</div></form>
<form method="post" action="${escapeHtml(action)}" class="other"><section><label for="email">Or enter the e-mail of a demo person</label>
<div><input id="email" name="email" type="email" autocomplete="username" required${wrong === undefined ? '' : ' aria-describedby="wrong" aria-invalid="true"'}>
<button class="go">Sign in</button></div>${note}</section></form>`,
  );
}

/** Signs out at once; the button is there for browsers without script. `form` comes from oidc-provider. */
export const signOutPage = (form: string, nonce: string) =>
  page(
    'Signing out \u2013 Tessera demo',
    `<h1>Signing out</h1>${form}<button class="go" name="logout" value="yes" form="op.logoutForm" id="go">Sign out</button>
<script nonce="${nonce}">document.getElementById('go').click()</script>`,
  );

export const signedOutPage = page(
  'Signed out \u2013 Tessera demo',
  '<h1>You are signed out</h1><p>You may close this page.</p>',
);

export const troublePage = (message: string) =>
  page(
    'Sign-in failed \u2013 Tessera demo',
    `<h1>Sign-in could not be finished</h1><p>${escapeHtml(message)}</p><p>Go back to the application and try again.</p>`,
  );
