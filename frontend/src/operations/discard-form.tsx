// Setting something aside: with a reason, and a second step before it is done.
export function DiscardForm(props: {
  readonly what: string;
  readonly isBusy: boolean;
  readonly onDiscard: (why: string) => void;
}) {
  const { what, isBusy, onDiscard } = props;
  return (
    <form
      className="held-open filters"
      onSubmit={(event) => {
        event.preventDefault();
        const why = String(new FormData(event.currentTarget).get('why') ?? '').trim();
        if (why !== '') onDiscard(why);
      }}
    >
      <label className="field">
        Why
        <input name="why" required maxLength={200} />
      </label>
      <button type="submit" className="button small is-danger" disabled={isBusy}>
        Discard this {what}
      </button>
      <span className="field-about">The reason goes into the audit trail.</span>
    </form>
  );
}
