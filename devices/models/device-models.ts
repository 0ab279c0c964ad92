import type {DeviceModel, SensorSpec} from '#schemas';

/**
 * The device types of the reference fleet, as data: what each measures, how often, over which period and depth, how it
 * talks in the field and what feeds it. A sensor says only what differs from the catalogue: statistic, period and
 * interval of a bare number are the catalogue's unless they stand here. Types, numbers and protocols are a design of
 * ours; intervals and accuracies follow makers' data sheets as remembered (basis `guess`).
 *
 * `protocol` is how such a device talks in life; the virtual fleet carries the same payload over MQTT for all of them.
 */
const SOURCE = 'Design of the reference fleet; intervals after makers\u2019 data sheets, unverified.';

const soilProfile: SensorSpec[] = [0.1, 0.3, 0.6].flatMap((depthM) => [
  {element: 'soil_moisture', depthM, intervalS: 1800},
  {element: 'soil_temperature', depthM, intervalS: 1800},
  {element: 'soil_conductivity', depthM, intervalS: 1800},
]);

const waterBasics = (intervalS: number, depthM?: number): SensorSpec[] =>
  ['water_temperature', 'water_ph', 'dissolved_oxygen', 'turbidity'].map((element) => ({
    element,
    intervalS,
    ...(depthM === undefined ? {} : {depthM}),
  }));

const AIR_POLLUTANTS = ['pm2_5', 'pm10', 'ozone', 'nitrogen_dioxide', 'sulfur_dioxide', 'carbon_monoxide'];
const pollutants = (intervalS: number, period: string): SensorSpec[] =>
  AIR_POLLUTANTS.map((element) => ({element, statistic: 'mean', period, intervalS}));

type Row = Omit<DeviceModel, 'schemaVersion' | 'source'>;

const ROWS: readonly Row[] = [
  {
    id: 'D01',
    name: {en: 'Radar level gauge', zh: '雷达水位计'},
    protocol: 'nb-iot',
    power: 'solar',
    intervalS: 300,
    sensors: [{element: 'water_level', intervalS: 300}],
  },
  {
    id: 'D02',
    name: {en: 'Open-channel flow meter', zh: '明渠流量计'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 300,
    sensors: [
      {element: 'discharge', intervalS: 300},
      {element: 'water_level', intervalS: 300},
    ],
  },
  {
    id: 'D03',
    name: {en: 'Paddy ultrasonic level gauge', zh: '稻田超声水深计'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 900,
    sensors: [{element: 'paddy_water_depth', intervalS: 900}],
  },
  {
    id: 'D04',
    name: {en: 'Lake sonde buoy', zh: '湖泊水质浮标'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 900,
    sensors: [...waterBasics(900, 0.5), {element: 'chlorophyll_a', depthM: 0.5, intervalS: 900}],
  },
  {
    id: 'D05',
    name: {en: 'Micro water-quality station', zh: '微型水质自动站'},
    protocol: 'hj212',
    power: 'mains',
    intervalS: 900,
    sensors: [
      ...waterBasics(900),
      {element: 'codmn', intervalS: 14_400},
      {element: 'ammonia_nitrogen', intervalS: 14_400},
      {element: 'total_phosphorus', intervalS: 14_400},
      {element: 'total_nitrogen', intervalS: 14_400},
    ],
  },
  {
    id: 'D06',
    name: {en: 'Soil profile probe, 3 depths', zh: '三深度土壤剖面探头'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 1800,
    sensors: soilProfile,
  },
  {
    id: 'D07',
    name: {en: 'Soil nutrient and pH node', zh: '土壤养分与酸碱度节点'},
    protocol: 'lorawan',
    power: 'solar',
    intervalS: 21_600,
    sensors: [
      {element: 'soil_ph', depthM: 0.15, intervalS: 21_600},
      {element: 'soil_available_nitrogen', depthM: 0.15, intervalS: 21_600},
    ],
  },
  {
    id: 'D08',
    name: {en: 'Automatic weather station', zh: '自动气象站'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 60,
    sensors: [
      {element: 'air_temperature', intervalS: 60},
      {element: 'relative_humidity', intervalS: 60},
      {element: 'air_pressure', intervalS: 60},
      {element: 'wind_speed', statistic: 'mean', period: 'PT1M', intervalS: 60},
      {element: 'wind_speed', statistic: 'max', period: 'PT1M', intervalS: 60},
      {element: 'wind_direction', statistic: 'mean', period: 'PT1M', intervalS: 60},
      {element: 'precipitation', statistic: 'sum', period: 'PT1M', intervalS: 60},
      {element: 'solar_radiation', statistic: 'mean', period: 'PT1M', intervalS: 60},
    ],
  },
  {
    id: 'D09',
    name: {en: 'Tipping-bucket rain gauge', zh: '翻斗雨量计'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 600,
    // Rain since the report before, whatever caused it: a sum without a period.
    sensors: [{element: 'precipitation', statistic: 'sum', period: null, intervalS: 600}],
  },
  {
    id: 'D10',
    name: {en: 'Standard air-quality station', zh: '标准空气质量自动站'},
    protocol: 'hj212',
    power: 'mains',
    intervalS: 300,
    sensors: [...pollutants(300, 'PT5M'), ...pollutants(3600, 'PT1H')],
  },
  {
    id: 'D11',
    name: {en: 'Micro air station', zh: '微型空气站'},
    protocol: 'nb-iot',
    power: 'mains',
    intervalS: 300,
    sensors: pollutants(300, 'PT5M'),
  },
  {
    id: 'D12',
    name: {en: 'Eco-air station', zh: '生态空气站'},
    protocol: 'cellular',
    power: 'mains',
    intervalS: 300,
    sensors: [
      {element: 'negative_oxygen_ion', intervalS: 300},
      {element: 'carbon_dioxide', intervalS: 300},
      {element: 'air_temperature', intervalS: 300},
      {element: 'relative_humidity', intervalS: 300},
    ],
  },
  {
    id: 'D13',
    name: {en: 'Dendrometer node', zh: '树木径向生长节点'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 1800,
    sensors: [{element: 'stem_diameter', intervalS: 1800}],
  },
  {
    id: 'D14',
    name: {en: 'Canopy radiometer', zh: '冠层辐射计'},
    protocol: 'lorawan',
    power: 'solar',
    intervalS: 900,
    sensors: [
      {element: 'ndvi', intervalS: 900},
      {element: 'canopy_temperature', intervalS: 900},
    ],
  },
  {
    id: 'D15',
    name: {en: 'Fuel-moisture stick', zh: '可燃物含水率计'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 3600,
    sensors: [{element: 'litter_moisture', intervalS: 3600}],
  },
  {
    id: 'D16',
    name: {en: 'Bioacoustic recorder', zh: '生物声学记录仪'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 3600,
    sensors: [
      {element: 'bird_detection_rate', statistic: 'mean', period: 'PT1H', intervalS: 3600},
      {element: 'soundscape_index', statistic: 'mean', period: 'PT1H', intervalS: 3600},
      {element: 'bird_species_richness', statistic: 'sum', period: 'P1D', intervalS: 86_400},
    ],
  },
  {
    id: 'D17',
    name: {en: 'Wildlife camera', zh: '野生动物相机'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 86_400,
    sensors: [{element: 'wildlife_detection_rate', statistic: 'mean', period: 'P1D', intervalS: 86_400}],
  },
  {
    id: 'D18',
    name: {en: 'Insect light-trap imager', zh: '虫情测报灯'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 86_400,
    sensors: [{element: 'pest_trap_count', statistic: 'sum', period: 'P1D', intervalS: 86_400}],
  },
  {
    id: 'D19',
    name: {en: 'GNSS displacement monitor', zh: 'GNSS位移监测站'},
    protocol: 'cellular',
    power: 'solar',
    intervalS: 600,
    sensors: [{element: 'slope_displacement', intervalS: 600}],
  },
  {
    id: 'D20',
    name: {en: 'Slope tilt node', zh: '边坡倾角节点'},
    protocol: 'lorawan',
    power: 'battery',
    intervalS: 600,
    sensors: [{element: 'slope_tilt', intervalS: 600}],
  },
  {
    id: 'D21',
    name: {en: 'Visitor-counting camera', zh: '客流统计相机'},
    protocol: 'cellular',
    power: 'mains',
    intervalS: 300,
    sensors: [{element: 'visitor_flow', statistic: 'mean', period: 'PT5M', intervalS: 300}],
  },
  {
    id: 'D22',
    name: {en: 'Noise monitor', zh: '噪声监测仪'},
    protocol: 'hj212',
    power: 'mains',
    intervalS: 60,
    sensors: [
      {element: 'sound_level', statistic: 'mean', period: 'PT1M', intervalS: 60},
      {element: 'sound_level', statistic: 'mean', period: 'PT20M', intervalS: 1200},
    ],
  },
  {
    id: 'D23',
    name: {en: 'Smart-meter gateway', zh: '智能电表网关'},
    protocol: 'cellular',
    power: 'mains',
    intervalS: 60,
    sensors: [{element: 'building_power', statistic: 'mean', period: 'PT1M', intervalS: 60}],
  },
  {
    id: 'D24',
    name: {en: 'PV inverter gateway', zh: '光伏逆变器网关'},
    protocol: 'cellular',
    power: 'mains',
    intervalS: 60,
    sensors: [{element: 'pv_power', statistic: 'mean', period: 'PT1M', intervalS: 60}],
  },
  {
    id: 'D25',
    name: {en: 'Dual-spectrum fire-watch camera', zh: '双光谱防火云台相机'},
    protocol: 'cellular',
    power: 'mains',
    intervalS: 60,
    sensors: [{element: 'fire_smoke_confidence', intervalS: 60}],
  },
];

/** A device of unknown make that sends the plain JSON payload: any element may come, its pace is learned. */
const GENERIC: DeviceModel = {
  schemaVersion: 1,
  id: 'generic-json',
  name: {en: 'Generic JSON device', zh: '通用JSON设备'},
  anyElement: true,
  sensors: [],
  protocol: 'mqtt',
  power: 'mains',
};

/** All device models, by id: `D01` … `D25` and `generic-json`. */
export const DEVICE_MODELS: ReadonlyMap<string, DeviceModel> = new Map(
  [...ROWS.map((row): DeviceModel => ({schemaVersion: 1, ...row, source: SOURCE})), GENERIC].map((model) => [
    model.id,
    model,
  ]),
);
