// The filters of the audit trail: what is chosen stands in the address, so that a view of the trail is a link.
import { useSearchParams } from 'react-router';
import { decisions, periods } from './audit-trail.ts';

export function AuditFilters() {
  const [params, setParams] = useSearchParams();
  const change = (values: Readonly<Record<string, string>>) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(values)) {
      if (value.trim() === '') next.delete(name);
      else next.set(name, value.trim());
    }
    setParams(next);
  };
  const chosen = params.get('decision') ?? '';
  return (
    <form
      className="filters"
      aria-label="Filters"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        change({ action: String(form.get('action') ?? ''), subject: String(form.get('subject') ?? '') });
      }}
    >
      <fieldset className="segments" aria-label="Decision">
        {['', ...decisions].map((decision) => (
          <button
            key={decision}
            type="button"
            className="segment"
            aria-pressed={decision === chosen}
            onClick={() => change({ decision })}
          >
            {decision === '' ? 'All' : decision.charAt(0).toUpperCase() + decision.slice(1)}
          </button>
        ))}
      </fieldset>
      <label className="field">
        When
        <select value={params.get('in') ?? 'day'} onChange={(event) => change({ in: event.target.value })}>
          {periods.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        Action
        <input name="action" defaultValue={params.get('action') ?? ''} maxLength={64} placeholder="audit.read" />
      </label>
      <label className="field">
        Who
        <input name="subject" defaultValue={params.get('subject') ?? ''} maxLength={200} placeholder="user id" />
      </label>
      <button type="submit" className="button small">
        Apply
      </button>
    </form>
  );
}
