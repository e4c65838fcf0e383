// Okta passes the connectors' contract.
import { connectorContract } from '../connector.contract.ts';
import { oktaCase } from './healthy-okta.ts';

connectorContract(oktaCase);
