import { AppError } from '@sallyport/errors';

/** The command does not run in a pod with a service account. */
export class NotInCluster extends AppError {
  readonly code = 'NOT_IN_CLUSTER';
  readonly kind = 'invalid';
}

/** The Kubernetes API refused a request, or did not answer. */
export class KubernetesRefused extends AppError {
  readonly code = 'KUBERNETES_REFUSED';
  readonly kind = 'unavailable';
}
