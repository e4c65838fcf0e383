// Elasticsearch passes the connectors' contract.
import { connectorContract } from '../connector.contract.ts';
import { elasticsearchCase } from './healthy-elasticsearch.ts';

connectorContract(elasticsearchCase);
