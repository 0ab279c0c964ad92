/** What is used of the NLM UCUM library, which comes without types. */
declare module '@lhncbc/ucum-lhc' {
  export const UcumLhcUtils: {
    getInstance(): {
      validateUnitString(
        code: string,
        suggest?: boolean,
      ): {
        status: 'valid' | 'invalid' | 'error';
        msg: string[];
        ucumCode: string | null;
        suggestions?: {units: [code: string, name: string, guidance: string | null][]}[];
      };
      convertUnitTo(
        from: string,
        value: number,
        to: string,
      ): {status: 'succeeded' | 'failed' | 'error'; toVal: number | null; msg: string[]};
    };
  };
}
