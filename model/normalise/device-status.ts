import {
  DEVICE_STATUSES,
  type DeviceStatus,
  FLAG,
  type Flag,
  InputError,
  QC_DEVICE_STATUS_SHIFT,
  QC_TEST,
  withVerdict,
} from '#schemas';

/**
 * What a device's own mark says about its value. While an instrument is stopped, under maintenance, faulty, being
 * calibrated or cut off, its number is no measurement of the environment: fail. Over range the true value is at or
 * beyond the stated one: suspect. A value set by hand is a person's statement and stands as it is.
 * Source of the letters: HJ 212-2017, data flags. Their QARTOD flags are ours.
 */
export const DEVICE_STATUS_FLAG: Readonly<Record<DeviceStatus, Flag>> = {
  N: FLAG.pass,
  F: FLAG.fail,
  M: FLAG.fail,
  S: FLAG.pass,
  D: FLAG.fail,
  C: FLAG.fail,
  T: FLAG.suspect,
  B: FLAG.fail,
};

/**
 * A bit field with the device's mark, its flag and, unless it passes, the bit of the test `deviceStatus`.
 * @throws {InputError} `value_invalid` for a letter that is none of HJ 212's.
 */
export function withDeviceStatus(qc: number, status: string): number {
  const place = (DEVICE_STATUSES as readonly string[]).indexOf(status);
  if (place < 0) {
    throw new InputError(
      'value_invalid',
      `expected a status of ${DEVICE_STATUSES.join(' ')}, got ${JSON.stringify(status.slice(0, 16))}`,
    );
  }
  const marked =
    (qc & ~((0xf << QC_DEVICE_STATUS_SHIFT) | QC_TEST.deviceStatus)) |
    ((place + 1) << QC_DEVICE_STATUS_SHIFT);
  return withVerdict(marked, 'deviceStatus', DEVICE_STATUS_FLAG[DEVICE_STATUSES[place]!]);
}
