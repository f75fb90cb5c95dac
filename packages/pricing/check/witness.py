"""Prints what a wheel says about prices, as JSON. Arguments: which of the two it is, and where it lies."""

import datetime
import decimal
import json
import sys
import zipfile

LITELLM_TABLE = 'litellm/model_prices_and_context_window_backup.json'
GENAI_DATA = 'genai_prices/data.py'
GENAI_LIST = 'providers: list[Provider] = '


class Records(dict):
    """Names that the data asks for: each makes a record of what it is given."""

    def __missing__(self, name):
        return lambda **fields: {'is': name, **fields}


def genai_prices(wheel):
    """The data is a program: a list that is built by calls. It is given nothing but recorders to call."""
    source = wheel.read(GENAI_DATA).decode()
    names = Records(__builtins__={}, datetime=datetime, Decimal=decimal.Decimal)
    exec(compile('providers = ' + source.split(GENAI_LIST, 1)[1], GENAI_DATA, 'exec'), names)
    return [{'id': provider['id'], 'models': provider['models']} for provider in names['providers']]


def litellm(wheel):
    table = json.loads(wheel.read(LITELLM_TABLE), parse_float=decimal.Decimal)
    return {
        name: {field: value for field, value in model.items() if 'cost' in field or 'multiplier' in field or field == 'mode'}
        for name, model in table.items()
        if isinstance(model, dict) and (model.get('litellm_provider') in ('openai', 'azure', 'text-completion-openai'))
    }


def plain(value):
    """Amounts as plain decimals, days as texts."""
    return format(value, 'f') if isinstance(value, decimal.Decimal) else str(value)


kind, path = sys.argv[1:]
with zipfile.ZipFile(path) as opened:
    print(json.dumps({'genai-prices': genai_prices, 'litellm': litellm}[kind](opened), default=plain))
