export {applyMap, knownPaths, type MapInput, type Mapped} from './apply-map.ts';
export {hookTopic} from './hook-topic.ts';
export {createMapBook, type MapBook, matchesTopic, readMap, readMapFile} from './map-book.ts';
export {createSensorList, deviceOfMap, positionOf, type SensorList, seriesOf} from './map-device.ts';
