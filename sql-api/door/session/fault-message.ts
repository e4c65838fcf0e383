// In charge of how a fault looks on the wire.
import type { Fault } from '@tessera/base';
import { cstring, message } from '../wire/write.ts';

/** An ErrorResponse with the fault's SQLSTATE, sentence, hint and position. */
export function faultMessage(fault: Fault, severity: 'ERROR' | 'FATAL' = 'ERROR'): Buffer {
  return message(
    'E',
    cstring(`S${severity}`),
    cstring(`V${severity}`),
    cstring(`C${fault.sqlstate}`),
    cstring(`M${fault.message}`),
    ...(fault.hint ? [cstring(`H${fault.hint}`)] : []),
    ...(fault.position ? [cstring(`P${fault.position}`)] : []),
    Buffer.from([0]),
  );
}
