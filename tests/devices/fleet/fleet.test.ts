import {beforeAll, describe, expect, it} from 'vitest';
import {createFleet, DEVICE_MODELS, type Fleet, type FleetMessage} from '#devices';
import {createValidator, ELEMENTS, Envelope, parseUpTopic, ReadingBody} from '#schemas';
