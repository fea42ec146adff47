import { Controller, Get, Req, Res } from '@nestjs/common';
import { ReplayQuery, SessionChannels, type SessionChannelView } from '@sallyport/contracts';
import type { OrgCtx } from '@sallyport/context';
import type { RecordedChannel } from '@sallyport/proto-gen/recording/v1/playback';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Endpoint, IdParam, RequestCtx, ZodQuery } from '../../http/index.js';
import { ReadReplay, type Replay } from './read-replay.service.js';
import { replayHead } from './replay-head.js';

@Controller('api/v1/terminal/sessions')
export class ReplayController {
  constructor(private readonly replays: ReadReplay) {}

  @Get(':id/channels')
  @Endpoint({
    right: 'terminal.sessions:replay',
    summary: 'List the channels of a recording: the shells, commands and transfers of its session',
    answer: SessionChannels,
    refuses: { 404: ['SESSION_NOT_FOUND', 'RECORDING_NOT_FOUND'], 409: ['RECORDING_ALTERED'], 503: ['RECORDER_UNAVAILABLE'] },
  })
  async channels(@RequestCtx() ctx: OrgCtx, @IdParam() id: string): Promise<SessionChannels> {
    const channels = await this.replays.channels(ctx, id);
    return { count: channels.length, results: channels.map(toChannelView) };
  }

  @Get(':id/replay')
  @Endpoint({
    right: 'terminal.sessions:replay',
    summary: 'Download a recording; format=native of an ended session takes HTTP ranges',
    produces: ['application/vnd.sallyport.recording', 'application/x-asciicast', 'application/x-tar'],
    alsoAnswers: { 206: 'The part of the recording that Range asked for', 416: 'The recording has no such part' },
    refuses: {
      400: ['REPLAY_RANGE_INVALID'],
      404: ['SESSION_NOT_FOUND', 'RECORDING_NOT_FOUND', 'REPLAY_CHANNEL_NOT_FOUND'],
      409: ['RECORDING_NOT_CLOSED', 'RECORDING_ALTERED'],
      503: ['RECORDER_UNAVAILABLE'],
    },
  })
  async replay(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @RequestCtx() ctx: OrgCtx,
    @IdParam() id: string,
    @ZodQuery(ReplayQuery) query: ReplayQuery,
  ): Promise<void> {
    const wish = {
      sessionId: id,
      format: query.format,
      fromSeconds: query.from_seconds,
      toSeconds: query.to_seconds,
      channel: query.channel,
      markers: query.markers,
      range: request.headers.range,
      ifRange: one(request.headers['if-range']),
    };
    await answer(reply, id, await this.replays.open(ctx, wish));
  }
}

const toChannelView = ({ channel, kind, command, openedUs, counts }: RecordedChannel): SessionChannelView => ({
  channel,
  kind,
  command,
  opened_seconds: Number(openedUs) / 1e6,
  output_bytes: counts ? Number(counts.outputBytes) : null,
  commands: counts?.commands ?? null,
  files: counts?.files ?? null,
});

async function answer(reply: FastifyReply, sessionId: string, { plan, body }: Replay): Promise<void> {
  const { status, headers } = replayHead(sessionId, plan);
  await reply
    .code(status)
    .headers(headers)
    .send(body ?? Buffer.alloc(0));
}

const one = (header: string | string[] | undefined): string | undefined => (Array.isArray(header) ? header[0] : header);
