export function run(parts: object): Promise<object>;
export function print(result: object): void;
