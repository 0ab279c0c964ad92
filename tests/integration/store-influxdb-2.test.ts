import {influxContract} from './store/influx-contract.ts';

influxContract(2);
