// Jamf Pro's error body.
import { type Answer, json } from '../exchange.ts';

export const jamfError = (status: number, code?: string, description = '', field = ''): Answer =>
  json({ httpStatus: status, errors: code === undefined ? [] : [{ code, description, id: '0', field }] }, status);
