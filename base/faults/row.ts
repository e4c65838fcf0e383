// The shape of a fault: HTTP status, SQLSTATE, whether trying again may help, and its sentence.
export interface FaultRow<P> {
  readonly status: number;
  readonly sqlstate: string;
  readonly retry: boolean;
  readonly say: (params: P) => string;
}
export const row = <P>(status: number, sqlstate: string, retry: boolean, say: (params: P) => string): FaultRow<P> => ({
  status,
  sqlstate,
  retry,
  say,
});
