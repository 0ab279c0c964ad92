export {type Subscriber, startSubscriber} from './subscriber.ts';
export {readUpstream, type Upstream} from './upstream.ts';
