// Pages that say why there is nothing else to see, and what to do.
import { CentrePage } from './centre-page.tsx';

interface Failure {
  readonly title: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function FailurePage({ title, error, onRetry }: Failure) {
  return (
    <CentrePage title={title}>
      <p role="alert">{error instanceof Error ? error.message : 'Something unexpected happened.'}</p>
      {onRetry && (
        <button type="button" className="button primary" onClick={onRetry}>
          Try again
        </button>
      )}
    </CentrePage>
  );
}

export function NotFoundPage() {
  return (
    <CentrePage title="There is no such page">
      <p>The address may be mistyped, or the page was moved.</p>
      <a className="button primary" href="/">
        To the start
      </a>
    </CentrePage>
  );
}

/** Says the same for a page of another organisation and for one that does not exist, so that nobody can find out which. */
export function RefusedPage({ own }: { readonly own: string }) {
  return (
    <CentrePage title="This page is not yours, or it does not exist">
      <p>You are signed in to another organisation. Nothing was asked for on your behalf.</p>
      <a className="button primary" href={`/t/${own}`}>
        To your dashboard
      </a>
    </CentrePage>
  );
}
