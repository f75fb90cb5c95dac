export { CALL_LOG_FIELDS, type CallLogField, type CallLogKind, callLogRecord } from './call-log-fields.ts'
export { CALL_LOG_MODULE, CALL_LOG_VERSION, type CallLogLevel, type CallLogRecord } from './call-log-record.ts'
export { decimalUsd, picoFromDecimal } from './usd.ts'
