import {QC_TEST} from '#schemas';

/** Set in `qc` of rows with an impossible time. They stay hot for ever: in a file they would stretch its range over centuries. */
export const STRAY_BIT = QC_TEST.time;
