/** What the tests use of the NLM UCUM library, which comes without types. */
declare module '@lhncbc/ucum-lhc' {
  export const UcumLhcUtils: {
    getInstance(): {
      validateUnitString(code: string): {status: 'valid' | 'invalid' | 'error'; msg: string[]};
      convertUnitTo(
        from: string,
        value: number,
        to: string,
      ): {status: 'succeeded' | 'failed' | 'error'; toVal: number | null; msg: string[]};
    };
  };
}
