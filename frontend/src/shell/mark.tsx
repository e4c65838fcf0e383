// The sign of Tessera: four tiles, one of them gold.
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="10" height="10" rx="2.5" className="mark-full" />
      <rect x="12" width="10" height="10" rx="2.5" className="mark-half" />
      <rect y="12" width="10" height="10" rx="2.5" className="mark-half" />
      <rect x="12" y="12" width="10" height="10" rx="2.5" className="mark-gold" />
    </svg>
  );
}
