// What Cube's native addon can do and this package does not: each says so by name instead of failing somewhere else.

function absent(what: string, instead: string): Error {
  return Object.assign(new Error(`${what} is not available here. ${instead}`), { code: 'CUBE_NATIVE_ABSENT' });
}

const useRest = 'Use the REST or the GraphQL API.';
const useData = 'Models are rendered as plain data: see model/README.md.';

/** The SQL API of Cube's engine. */
export const registerInterface = async (): Promise<never> => {
  throw absent('The SQL API', useRest);
};
/** Nothing was started, so there is nothing to stop. */
export const shutdownInterface = async (): Promise<void> => {};
export const execSql = async (): Promise<never> => {
  throw absent('SQL over HTTP (/v1/cubesql)', useRest);
};
export const sql4sql = async (): Promise<never> => {
  throw absent('Translation of SQL', useRest);
};
export const rest4sql = async (): Promise<never> => {
  throw absent('Conversion of SQL into a query', useRest);
};
/** Always called by Cube's gateway, even with its SQL API off; there is no engine that would log. */
export const setupLogger = (): void => {};

export const buildSqlAndParams = (): never => {
  throw absent('The Tesseract planner', 'Set CUBEJS_TESSERACT_SQL_PLANNER=false.');
};
export const transpileJs = async (): Promise<never> => {
  throw absent('Native transpilation', 'Set CUBEJS_TRANSPILATION_NATIVE=false.');
};
export const transpileYaml = transpileJs;
export const pythonLoadConfig = async (): Promise<never> => {
  throw absent('A Python configuration', useData);
};
export const isFallbackBuild = (): boolean => true;
export const parseCubestoreResultMessage = async (): Promise<never> => {
  throw absent('Cube Store', 'Set CUBEJS_CACHE_AND_QUEUE_DRIVER=memory.');
};
/** Nothing of the statement is kept: a redaction that is not understood must not leak. */
export const redactSqlLiterals = (): string => '[redacted]';
export const getCubestoreResult = (): never => {
  throw absent('Cube Store', 'Set CUBEJS_CACHE_AND_QUEUE_DRIVER=memory.');
};

/** Made on every compile; only templates and Python need the addon. */
export class NativeInstance {
  newJinjaEngine(): { loadTemplate(name: string): never; renderTemplate(name: string): Promise<never> } {
    const refuse = (name: string): never => {
      throw absent(`Jinja, which ${name} was taken for,`, useData);
    };
    return { loadTemplate: refuse, renderTemplate: async (name) => refuse(name) };
  }
  async loadPythonContext(file: string): Promise<never> {
    throw absent(`Python, which ${file} needs,`, useData);
  }
}
