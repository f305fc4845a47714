/**
 * The part of the contract that the web speaks, in the form openapi-typescript writes.
 * `npm run generate -w client` replaces it from server/openapi.json.
 */
export interface components {
  schemas: {
    Debat: {
      id: string;
      title: string;
      description: string | null;
      type: 'seance_publique' | 'commission' | 'audition' | 'question_gouvernement' | 'autre';
      status: 'programme' | 'en_cours' | 'termine' | 'extraction' | 'disponible' | 'erreur';
      visibility: 'public' | 'unlisted' | 'private';
      date: string;
      start_time: string | null;
      end_time: string | null;
      duration_minutes: number | null;
      display_duration: string | null;
      source_url: string | null;
      video_url: string | null;
      thumbnail_url: string | null;
      commission: string | null;
      salle: string | null;
      speakers: string[];
      ministers: string[];
      tags: string[];
      keywords: string[];
      metadata: Record<string, unknown>;
      is_live: boolean;
      has_audio: boolean;
      recording_id: string | null;
      view_count: number;
      download_count: number;
      audio_files: components['schemas']['AudioFile'][];
      created_at: string;
      updated_at: string;
    };
    AudioFile: {
      id: string;
      debate_id: string;
      filename: string;
      file_size: number | null;
      format: string;
      quality: string;
      duration_seconds: number | null;
      extraction_status: 'pending' | 'extracting' | 'completed' | 'error';
      extraction_error: string | null;
      is_ready: boolean;
      is_extracting: boolean;
      has_error: boolean;
    };
    DebatList: {
      debats: components['schemas']['Debat'][];
      total: number;
      page: number;
      per_page: number;
      has_next: boolean;
      has_prev: boolean;
    };
    Streaming: {
      debate_id: string;
      audio_available: boolean;
      stream_url: string | null;
      download_url: string | null;
      hls_url: string | null;
      file_size: number | null;
      duration_seconds: number | null;
      format: string | null;
      quality: string | null;
      extraction_status: string | null;
      message: string | null;
      renditions: components['schemas']['Rendition'][];
    };
    Rendition: {
      format: string;
      quality: string;
      status?: string;
      file_size: number | null;
      url: string | null;
    };
    Extraction: {
      extraction_id: string;
      debate_id: string;
      status: string;
      message: string | null;
      estimated_duration?: number | null;
      progress: number;
      error: string | null;
      audio_file: components['schemas']['AudioFile'] | null;
    };
    Recording: {
      id: string;
      title: string;
      status: 'uploading' | 'queued' | 'processing' | 'ready' | 'error';
      error: string | null;
      source: 'upload' | 'import' | 'live';
      source_url: string | null;
      filename: string | null;
      mime_type: string | null;
      codec: string | null;
      duration_seconds: number | null;
      sample_rate: number | null;
      channels: number | null;
      bitrate_kbps: number | null;
      file_size: number | null;
      sha256: string | null;
      loudness: {
        integrated_lufs: number | null;
        range_lu: number | null;
        true_peak_dbtp: number | null;
      } | null;
      renditions: components['schemas']['Rendition'][];
      progress: number | null;
      created_at: string;
      updated_at: string;
    };
    RecordingList: {
      recordings: components['schemas']['Recording'][];
      total: number;
      page: number;
      per_page: number;
      has_next: boolean;
      has_prev: boolean;
    };
    Waveform: {
      peaks: number[];
      rms: number[];
      sample_rate: number;
      duration_ms: number;
      generated_at: string;
    };
    Session: {
      access_token: string;
      token_type: string;
      expires_in: number;
      refresh_token: string | null;
      user?: { user_id: string; email: string; full_name: string | null; role: string };
    };
    Me: {
      id: string;
      username: string;
      email: string;
      is_admin: boolean;
      role: string;
      permissions: string[];
      organisation: { id: string; name: string; slug: string };
    };
  };
}
type Schemas = components['schemas'];
type Json<T> = { headers: Record<string, unknown>; content: { 'application/json': T } };
type Empty = { headers: Record<string, unknown>; content?: never };
type Id = { path: { id: string } };
type Body<T> = { content: { 'application/json': T } };

export interface paths {
  '/api/setup': {
    get: { parameters: Record<string, never>; responses: { 200: Json<{ needed: boolean }> } };
    post: {
      parameters: Record<string, never>;
      requestBody: Body<{
        token: string;
        organisation_name: string;
        username: string;
        email: string;
        password: string;
      }>;
      responses: { 201: Json<Schemas['Session']> };
    };
  };
  '/api/setup/sample': {
    post: {
      parameters: Record<string, never>;
      responses: { 201: Json<{ debate_ids: string[]; recording_ids: string[] }> };
    };
  };
  '/api/v1/auth/login': {
    post: {
      parameters: Record<string, never>;
      requestBody: Body<{ email: string; password: string; cookie?: boolean }>;
      responses: { 200: Json<Schemas['Session']> };
    };
  };
  '/api/v1/auth/refresh': {
    post: {
      parameters: Record<string, never>;
      requestBody: Body<{ refresh_token?: string }>;
      responses: { 200: Json<Schemas['Session']> };
    };
  };
  '/api/v1/auth/logout': {
    post: { parameters: Record<string, never>; responses: { 204: Empty } };
  };
  '/api/user/me': {
    get: { parameters: Record<string, never>; responses: { 200: Json<Schemas['Me']> } };
  };
  '/api/organisation': {
    get: {
      parameters: Record<string, never>;
      responses: { 200: Json<{ name: string; slug: string; public_archive: boolean }> };
    };
  };
  '/api/debats': {
    get: {
      parameters: {
        query?: {
          q?: string;
          type?: Schemas['Debat']['type'];
          status?: Schemas['Debat']['status'];
          commission?: string;
          page?: number;
          per_page?: number;
          sort_by?: string;
          sort_order?: 'asc' | 'desc';
        };
      };
      responses: { 200: Json<Schemas['DebatList']> };
    };
    post: {
      parameters: Record<string, never>;
      requestBody: Body<{
        title: string;
        type: Schemas['Debat']['type'];
        date: string;
        commission?: string;
        source_url?: string;
        recording_id?: string;
      }>;
      responses: { 201: Json<Schemas['Debat']> };
    };
  };
  '/api/debats/{id}': { get: { parameters: Id; responses: { 200: Json<Schemas['Debat']> } } };
  '/api/debats/{id}/streaming': { get: { parameters: Id; responses: { 200: Json<Schemas['Streaming']> } } };
  '/api/debats/{id}/extract': {
    get: { parameters: Id; responses: { 200: Json<Schemas['Extraction']> } };
    post: {
      parameters: Id;
      requestBody: Body<{ priority?: 'low' | 'normal' | 'high' | 'urgent' }>;
      responses: { 202: Json<Schemas['Extraction']> };
    };
    delete: { parameters: Id; responses: { 200: Json<Schemas['Extraction']> } };
  };
  '/api/recordings': {
    get: {
      parameters: { query?: { page?: number; per_page?: number } };
      responses: { 200: Json<Schemas['RecordingList']> };
    };
  };
  '/api/recordings/import': {
    post: {
      parameters: Record<string, never>;
      requestBody: Body<{ url: string; title?: string }>;
      responses: { 202: Json<{ recording_id: string }> };
    };
  };
  '/api/recordings/{id}': {
    get: { parameters: Id; responses: { 200: Json<Schemas['Recording']> } };
    delete: { parameters: Id; responses: { 204: Empty } };
  };
  '/api/recordings/{id}/waveform': {
    get: {
      parameters: Id & { query?: { resolution?: number } };
      responses: { 200: Json<Schemas['Waveform']> };
    };
  };
  '/api/recordings/{id}/sign': {
    post: {
      parameters: Id;
      requestBody: Body<{ format?: string; quality?: string }>;
      responses: { 200: Json<{ url: string; expires: number }> };
    };
  };
}
