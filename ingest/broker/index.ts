export {type Broker, type BrokerStats, startBroker} from './broker.ts';
export {BROKER_LIMITS, type BrokerLimits} from './limits.ts';
export type {Log} from './log-budget.ts';
