export {createLiveBus} from './live-bus.ts';
