import { JOB_PRIORITY } from '../../../kernel/jobs/job.ts';
import type { MediaContext } from '../media-context.ts';
import { requestAnalysis } from './analyse-recording.ts';
import { listUnanalysedAcrossOrganisations } from './analysis-repo.ts';

const AT_MOST = 20;

/** Asks for some of the analyses that are missing, after everything else; answers how many. */
export async function backfillAnalyses(context: Pick<MediaContext, 'kernel'>): Promise<number> {
  const missing = await listUnanalysedAcrossOrganisations(context.kernel.db.kysely, AT_MOST);
  for (const { id, organisationId } of missing) {
    await requestAnalysis(context, { organisationId, recordingId: id }, JOB_PRIORITY.low);
  }
  return missing.length;
}
