export {type FleetOptions, type FleetStats, type RunningFleet, startFleet} from './fleet/client.ts';
export {Climate, readClimate} from './fleet/climate.ts';
export {createFleet, type Fleet} from './fleet/fleet.ts';
export {fillHistory, type HistoryMessage, type HistoryOptions} from './fleet/history.ts';
export {createIsland, type Island, type IslandOptions} from './fleet/island.ts';
export type {FleetMessage} from './fleet/message.ts';
export {type FleetBridge, fleetBridges, fleetPrincipals, type PrincipalSource} from './fleet/principals.ts';
export {type FleetSite, hasFleet, readFleetSite, type SiteFiles, type Stream} from './fleet/site.ts';
export {DEVICE_MODELS} from './models/device-models.ts';
