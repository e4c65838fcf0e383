// The pages of the operations area as a table: where each stands, and the right without which its entry is not offered. The server decides, whatever is shown.
import type { ComponentType } from 'react';
import { AuditPage } from './audit-page.tsx';
import { FreshnessPage } from './freshness-page.tsx';
import { QuarantinePage } from './quarantine-page.tsx';
import { ReconciliationPage } from './reconciliation-page.tsx';

interface OperationsPage {
  readonly path: string;
  readonly title: string;
  readonly needs?: string;
  readonly Page: ComponentType;
}

export const operationsPages: readonly OperationsPage[] = [
  { path: 'reconciliation', title: 'Reconciliation', needs: 'pipeline.read', Page: ReconciliationPage },
  { path: 'freshness', title: 'Freshness', Page: FreshnessPage },
  { path: 'quarantine', title: 'Quarantine', needs: 'quarantine.read', Page: QuarantinePage },
  { path: 'audit', title: 'Audit', needs: 'audit.read', Page: AuditPage },
];
