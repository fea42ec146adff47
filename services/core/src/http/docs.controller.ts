import { Controller, Get, Header } from '@nestjs/common';
import { docsPage } from './docs-page.js';
import { Endpoint } from './endpoint.js';
import { OpenApi } from './openapi.js';

@Controller('api')
export class DocsController {
  constructor(private readonly openApi: OpenApi) {}

  @Get('openapi.json')
  @Endpoint({ right: 'public', summary: 'This API as an OpenAPI 3.1 document', produces: ['application/json'] })
  document(): Record<string, unknown> {
    return this.openApi.document();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
  @Endpoint({ right: 'public', summary: 'This API as a page to read', produces: ['text/html'] })
  page(): string {
    return docsPage(this.openApi.document());
  }
}
