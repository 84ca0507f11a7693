"""Every built-in kind of artifact; importing this registers them all."""

from ayni.core.formats.audit import Audit
from ayni.core.formats.documents import Documents
from ayni.core.formats.files import Files
from ayni.core.formats.likelihoods import Likelihoods
from ayni.core.formats.mix import Mix
from ayni.core.formats.model import Model, Tokenizer
from ayni.core.formats.notes import Notes
from ayni.core.formats.parity import Parity
from ayni.core.formats.picks import Picks
from ayni.core.formats.release import Bundle, Gguf, Report
from ayni.core.formats.sample import Sample
from ayni.core.formats.scores import Scores
from ayni.core.formats.tokens import Tokens
from ayni.core.formats.verdict import Verdict

catalog = (
    Audit, Bundle, Documents, Files, Gguf, Likelihoods, Mix, Model, Notes, Parity, Picks, Report, Sample, Scores, Tokenizer, Tokens,
    Verdict,
)  # fmt: skip
