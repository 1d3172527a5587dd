import { JobIsActiveError } from '@backend-jobs/jobs';
import { isDatabaseOutage } from '@backend-jobs/postgres';
import { isOutage } from '@backend-jobs/redis';
import { isUsersMoved } from '@backend-jobs/sign-ups';
import type { ControllerHandlerReturnType } from '@bull-board/api/typings/app';
import { ErrorCode } from 'bullmq';
import { Problem } from '../problems/problem.ts';

/** What Bull Board's page shows for what an operation threw: `error` is one of its own texts, `message` is ours. */
export const toBoardError = (error: Error): ControllerHandlerReturnType => {
  if (error instanceof Problem)
    return {
      status: error.statusCode as 500,
      body: { error: { key: 'ERRORS.REDIS_UNAVAILABLE' }, message: error.message },
    };
  if (error instanceof JobIsActiveError)
    return { status: 409, body: { error: { key: 'ERRORS.JOB_IS_ACTIVE' }, message: error.message } };
  // The job is in another state by now, or gone.
  if ('code' in error && Number(error.code) in ErrorCode)
    return { status: 409, body: { error: { key: 'ERRORS.FORBIDDEN' }, message: error.message } };
  if (isOutage(error)) {
    // Bull Board sends any status, but its type does not know this one.
    const message = 'Redis can not be reached, or refuses to write. What was asked for may be half done.';
    return { status: 503 as 500, body: { error: { key: 'ERRORS.REDIS_UNAVAILABLE' }, message } };
  }
  if (isDatabaseOutage(error)) {
    const message =
      'PostgreSQL can not be reached, or refuses to write. What was asked for may be half done.';
    return { status: 503 as 500, body: { error: { key: 'ERRORS.REDIS_UNAVAILABLE' }, message } };
  }
  if (isUsersMoved(error)) {
    const message = 'The users are being moved to PostgreSQL, and nothing of them may change meanwhile.';
    return { status: 503 as 500, body: { error: { key: 'ERRORS.REDIS_UNAVAILABLE' }, message } };
  }
  return { status: 500, body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message: error.message } };
};
