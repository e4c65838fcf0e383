// Numbers of pages as short text, `1-40,42`: a reference to pages that may go from one process to another.

/** Ascending numbers → text; none is ''. */
export function renderPageList(pages: readonly number[]): string {
  const spans: [number, number][] = [];
  for (const page of pages) {
    const open = spans.at(-1);
    if (open !== undefined && open[1] === page - 1) open[1] = page;
    else spans.push([page, page]);
  }
  return spans.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** Text → whether a page is in it. */
export function readPageList(text: string): (page: number) => boolean {
  const spans = text
    .split(',')
    .filter(Boolean)
    .map((span) => span.split('-').map(Number));
  return (page) => spans.some(([from = 0, to = from]) => page >= from && page <= to);
}
