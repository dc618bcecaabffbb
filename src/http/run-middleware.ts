import type { Request, RequestHandler, Response } from "express";

/** Runs one middleware on its own; rejects with what it hands to next(). */
export function runMiddleware(middleware: RequestHandler, req: Request, res: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    const next = (error?: unknown): void => {
      if (error === undefined || error === null) resolve();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- it is handed on as it came
      else reject(error);
    };
    void middleware(req, res, next);
  });
}
