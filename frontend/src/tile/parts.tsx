// Small states that every tile and section shares: waiting, failed, nothing there.
interface Failed {
  readonly what: string;
  readonly message: string;
  readonly retry: () => void;
}

export function FailedPart({ what, message, retry }: Failed) {
  return (
    <div className="part-failed" role="alert">
      <p>
        <strong>{what} could not be loaded.</strong> {message}
      </p>
      <button type="button" className="button small" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

export function WaitingPart({ lines }: { readonly lines: number }) {
  return (
    <div className="part-waiting" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => `line ${line}`).map((name) => (
        <span key={name} className="skeleton skeleton-line" />
      ))}
    </div>
  );
}

export function EmptyPart({ words }: { readonly words: string }) {
  return <p className="part-empty">{words}</p>;
}
