"""A form of address is a wish only where it is said to be one."""

from __future__ import annotations

import pytest

from nlu.entities import EntityReader
from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.masking import DEFAULT_ORDER_NUMBER
from nlu.perception import EntityKind

FAMILIAR = (
    "Sie können mich gerne duzen",
    "Du kannst ruhig du zu mir sagen, sag einfach du",
    "Wollen wir uns nicht duzen?",
    "Lieber per Du",
    "Siezen Sie mich bitte nicht",
    "You may call me du",
    "No need to be so formal!",
    "Vous pouvez tout à fait me tutoyer",
    "tutoyez-moi",
    "Inutile de me vouvoyer",
    "Me pueden tutear",
    "Tutéame",
    "No hace falta que me trate de usted",
    "タメ口でいいですよ",
    "敬語じゃなくて大丈夫です",
    "不用说“您”了",
    "叫我你就行",
    "不用用敬语",
)
FORMAL = (
    "Bitte per Sie",
    "Duzen Sie mich bitte nicht",
    "Sie können mich nicht einfach duzen",
    "Ich möchte nicht geduzt werden.",
    "Please address me formally",
    "Please don't call me by my first name",
    "Vouvoyez-moi, s'il vous plaît",
    "Ne me tutoyez pas",
    "Je préfère le vouvoiement",
    "No me tutee",
    "Prefiero que me traten de usted",
    "No me puede tutear",
    "敬語でお願いします",
    "タメ口はやめてください",
    "请用“您”称呼我",
    "请使用敬语",
)
NO_WISH = (
    "Warum duzen Sie mich?",
    "Kannst du mir sagen, wo mein Paket ist?",
    "Können Sie mir helfen? Sie haben mich vergessen.",
    "Pourquoi vous me tutoyez ?",
    "Tu peux me dire où est mon colis ?",
    "¿Por qué me tutea?",
    "¿Puede hablarme de tu política?",
    "Is a formal dress in stock?",
    "Please call me tomorrow",
    "敬語",
    "请用您的账号查一下",
    "不用说您也知道",
    "不用客气",
    "请问您什么时候发货",
)


@pytest.fixture(scope="module")
def reader(lexicons: tuple[Lexicon, ...]) -> EntityReader:
    return EntityReader(lexicons, DEFAULT_ORDER_NUMBER)


def wishes(reader: EntityReader, text: str) -> set[str]:
    return {e.value for e in reader.read(fold(text)) if e.kind is EntityKind.FORMALITY}


@pytest.mark.parametrize("text", FAMILIAR)
def test_familiar_address_is_wished_for(reader: EntityReader, text: str) -> None:
    assert wishes(reader, text) == {"familiar"}


@pytest.mark.parametrize("text", FORMAL)
def test_formal_address_is_wished_for(reader: EntityReader, text: str) -> None:
    assert wishes(reader, text) == {"formal"}


@pytest.mark.parametrize("text", NO_WISH)
def test_what_is_no_wish_is_not_heard_as_one(reader: EntityReader, text: str) -> None:
    assert wishes(reader, text) == set()


def test_the_last_word_counts(reader: EntityReader) -> None:
    text = fold("Sie können mich duzen. Oder nein, bitte per Sie.")
    said = [e.value for e in reader.read(text) if e.kind is EntityKind.FORMALITY]
    assert said == ["familiar", "formal"]
