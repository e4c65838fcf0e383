// What the windows of one browser tell each other: that somebody signed out, or who is signed in now. Only windows of this very origin hear it.

const name = 'tessera.session';
type Told = { readonly kind: 'signed-out' } | { readonly kind: 'signed-in'; readonly subject: string };

/** Of this window; what is said through it is not heard here. */
let own: BroadcastChannel | undefined;

export interface OtherWindows {
  /** The session has ended at the issuer, and so in every window. */
  readonly signedOut: () => void;
  /** Another window has the session of somebody else: what this one shows is no longer theirs who sit before it. */
  readonly somebodyElse: () => void;
}

/** Tells the others who is signed in here, and hears of them until the answer is called. */
export function joinWindows(subject: string, hear: OtherWindows): () => void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const told = toldBy(data);
    if (told?.kind === 'signed-out') hear.signedOut();
    else if (told?.kind === 'signed-in' && told.subject !== subject) hear.somebodyElse();
  };
  channel.postMessage({ kind: 'signed-in', subject } satisfies Told);
  own = channel;
  return () => {
    if (own === channel) own = undefined;
    channel.close();
  };
}

/** To be called before this window goes to the issuer to sign out. */
export function tellSignedOut(): void {
  own?.postMessage({ kind: 'signed-out' } satisfies Told);
}

/** A window of an older version may say what this one does not know. */
function toldBy(data: unknown): Told | undefined {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return undefined;
  if (data.kind === 'signed-out') return { kind: 'signed-out' };
  const isSignedIn = data.kind === 'signed-in' && 'subject' in data && typeof data.subject === 'string';
  return isSignedIn ? { kind: 'signed-in', subject: String(data.subject) } : undefined;
}
