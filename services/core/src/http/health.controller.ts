import { Controller, Get } from '@nestjs/common';
import { HealthView } from '@sallyport/contracts';
import { Endpoint } from './endpoint.js';

@Controller('api/health')
export class HealthController {
  @Get()
  @Endpoint({ right: 'public', summary: 'Check that the API answers', answer: HealthView })
  health(): HealthView {
    return { status: 'ok', version: '1' };
  }
}
