export {newCredential} from './credentials.ts';
export {actionsOf, guard} from './guard.ts';
export {SECURITY_HEADERS} from './headers.ts';
export {allowedHosts, bracketed, isLoopback, requireLoopback} from './hosts.ts';
