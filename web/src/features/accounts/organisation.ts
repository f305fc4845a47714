import { useQuery } from '@tanstack/react-query';
import { useServices } from '../../app-services.ts';

/** The station or assembly whose pages these are. */
export function useOrganisationName(): string {
  const { session } = useServices();
  const organisation = useQuery({
    queryKey: ['organisation'],
    queryFn: ({ signal }) => session.client.get('/api/organisation', { signal }),
    staleTime: 300_000,
  });
  return organisation.data?.name ?? 'Antenne';
}
