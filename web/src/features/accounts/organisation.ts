import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useServices } from '../../app-services.ts';

/** The station or assembly whose pages these are. */
export function useOrganisationName(): string {
  const { session } = useServices();
  const isFirstRun = useLocation({ select: ({ pathname }) => pathname === '/setup' });
  // Until the first run is over, the station has no name to ask for.
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: ({ signal }) => session.client.get('/api/setup', { signal }),
    enabled: isFirstRun,
  });
  const organisation = useQuery({
    queryKey: ['organisation'],
    queryFn: ({ signal }) => session.client.get('/api/organisation', { signal }),
    enabled: !isFirstRun || setup.data?.needed === false,
    staleTime: 300_000,
  });
  return organisation.data?.name ?? 'Antenne';
}
