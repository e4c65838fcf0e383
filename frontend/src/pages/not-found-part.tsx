// An address inside the tenant's area that leads nowhere.
import { Link, useParams } from 'react-router';

export function NotFoundPart() {
  const { tenant } = useParams();
  return (
    <div className="not-found">
      <h1>There is no such number</h1>
      <p>The address may be mistyped.</p>
      <Link className="button primary" to={`/t/${tenant}`}>
        To the overview
      </Link>
    </div>
  );
}
