// The areas of a tenant: the figures, and what keeps them true. Offers what the caller's rights allow.
import { NavLink, useLocation } from 'react-router';
import { operationsPages } from '../operations/pages.ts';
import { useTenant } from '../tenant/tenant-context.ts';

/** The range goes along; filters of one page mean nothing on another. */
const rangeNames = ['last', 'from', 'to'];

export function AreaNav() {
  const { tenant, actions } = useTenant();
  const { pathname, search } = useLocation();
  const range = new URLSearchParams([...new URLSearchParams(search)].filter(([name]) => rangeNames.includes(name)));
  const allowed = operationsPages.filter(({ needs }) => !needs || !actions || actions.includes(needs));
  const isFigures = !operationsPages.some(({ path }) => pathname === `/t/${tenant}/${path}`);
  return (
    <nav className="areas" aria-label="Areas">
      <ul className="areas-inner">
        <li>
          <NavLink
            to={{ pathname: `/t/${tenant}`, search: range.toString() }}
            end
            className={isFigures ? 'area is-here' : 'area'}
          >
            Overview
          </NavLink>
        </li>
        {allowed.map(({ path, title }) => (
          <li key={path}>
            <NavLink
              to={{ pathname: `/t/${tenant}/${path}`, search: range.toString() }}
              className={({ isActive }) => (isActive ? 'area is-here' : 'area')}
            >
              {title}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
