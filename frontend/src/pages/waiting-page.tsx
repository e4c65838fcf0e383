// What is seen between two pages.
import { Mark } from '../shell/mark.tsx';

export function WaitingPage({ words }: { readonly words: string }) {
  return (
    <main className="waiting-page" aria-busy="true">
      <Mark />
      <p role="status">{words}</p>
    </main>
  );
}
