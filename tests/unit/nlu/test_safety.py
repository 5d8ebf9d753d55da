"""Reports of danger are heard in every language; figures of speech are none."""

from __future__ import annotations

import pytest

from nlu.folding import fold
from nlu.lexicon import Lexicon
from nlu.mood import Cues
from nlu.perception import Signal

DANGER = {
    "en": [
        "The charger gave me an electric shock",
        "I got electrocuted by your lamp",
        "my power bank is swollen and getting really hot",
        "there is smoke coming out of the battery",
        "the kettle burned my hand",
        "the lamp exploded last night",
        "I broke out in a rash from the scarf",
        "my son swallowed a small part of it",
        "the glass shattered and I cut my finger",
        "the battery is bulging",
        "the cable caught fire",
        "my face is swelling up, I think I'm allergic to it",
        "my daughter was injured by the chair",
        "it gave me blisters and a burn on my skin",
    ],
    "de": [
        "Wegen der Powerbank waren wir im Krankenhaus",
        "Ich habe einen Stromschlag bekommen",
        "Das Ladegerät hat mir einen elektrischen Schlag verpasst",
        "Der Akku ist aufgebläht",
        "Aus der Powerbank kommt Rauch",
        "Ich habe mir die Hand verbrannt",
        "Die Lampe ist explodiert",
        "Seitdem habe ich einen allergischen Ausschlag",
        "Mein Sohn hat ein Teil verschluckt",
        "Ich habe mich an der Tasse geschnitten",
        "Der Stecker ist geschmolzen",
        "Meine Tochter hat sich daran verletzt",
        "das Kabel hat Feuer gefangen",
        "Die Batterie ist ausgelaufen und hat meine Haut verätzt",
    ],
    "zh-Hans": [
        "充电器漏电了",
        "用的时候被电了一下",
        "充电宝爆炸了",
        "孩子被烫伤了",
        "电池鼓包了",
        "台灯冒烟了",
        "插头起火了",
        "穿了之后皮肤过敏",
        "宝宝把零件吞下去了",
        "杯子碎了把我手割破了",
        "手被烧伤了",
    ],
    "es": [
        "Me quemé con el cargador",
        "La batería echa humo",
        "me dio una descarga eléctrica",
        "La lámpara explotó",
        "la batería está hinchada",
        "me corté con el vaso roto",
        "Me salió un sarpullido por la bufanda",
        "mi hijo se tragó una pieza",
        "se prendió fuego el cable",
        "tuve una reacción alérgica",
        "me electrocuté",
        "sale humo del enchufe",
    ],
    "fr": [
        "ma fille a été emmenée à l'hôpital",
        "Je me suis brûlée avec la bouilloire",
        "ma fille a été électrocutée",
        "la batterie a gonflé",
        "le chargeur fume",
        "La lampe a explosé",
        "j'ai pris une décharge électrique",
        "je me suis coupé avec le verre",
        "mon fils a avalé une pièce",
        "j'ai fait une réaction allergique",
        "le câble a pris feu",
        "il y a de la fumée qui sort de la prise",
    ],
    "ja": [
        "充電器で感電しました",
        "やけどをしました",
        "バッテリーが発火しました",
        "モバイルバッテリーが膨らんでいます",
        "ランプが爆発しました",
        "子どもが部品を飲み込みました",
        "割れたグラスで指を切りました",
        "肌がかぶれました",
        "コンセントから煙が出ています",
        "アレルギー反応が出ました",
        "ケガをしました",
    ],
}
HARMLESS = {
    "en": [
        "these shoes are killing my feet",
        "I'm in hospital and cannot collect the parcel",
        "this deal is fire",
        "I love the explosion of colour on this scarf",
        "your prices are exploding",
        "burning question: when does my order ship?",
        "is the candle smoke free?",
        "my patience is burning out",
        "Do you have a fire red dress?",
        "is the rash guard available in M?",
        "is it shockproof?",
        "I'm shocked how long this takes",
        "it's a hot item",
        "does the jacket bleed colour in the wash?",
        "can I collect it near the hospital?",
        "the hike killed me, I need new boots",
        "Is the smoking jacket still in stock?",
        "it cost me an arm and a leg",
        "the colour bleeds when I wash it",
        "I work at a hospital, can you deliver there?",
        "my husband is in hospital, please cancel his order",
    ],
    "de": [
        "Mein Mann liegt im Krankenhaus und bat mich, das zu stornieren",
        "Diese Schuhe bringen meine Füße um",
        "Eine Explosion der Farben, wunderschön",
        "Die Preise sind ja explodiert",
        "Haben Sie das Kleid in Feuerrot?",
        "Gibt es den Pulli in Rauchblau?",
        "Ich brenne darauf, die Stiefel zu tragen",
        "Können Sie ans Krankenhaus liefern?",
        "Ich arbeite im Krankenhaus und bin erst abends da",
        "Mein Mann liegt im Krankenhaus, bitte stornieren Sie",
        "Ich bin schockiert über den Service",
        "Die Jacke ist schmal geschnitten",
        "Brennt die LED bei der Lampe dauerhaft?",
        "Enthält die Creme etwas, worauf man allergisch sein kann?",
        "Mir raucht der Kopf von Ihrem Formular",
    ],
    "zh-Hans": [
        "这款鞋也太火了吧",
        "价格爆炸便宜",
        "颜色很炸",
        "能送到医院吗？",
        "爆款还有货吗",
        "有烟灰色吗",
        "这衣服会不会过时",
        "我在医院上班，能晚上送吗",
    ],
    "es": [
        "estos zapatos me matan los pies",
        "una explosión de color preciosa",
        "los precios han explotado",
        "tienen el vestido en rojo fuego?",
        "¿pueden entregar en el hospital?",
        "trabajo en un hospital, ¿pueden entregar de noche?",
        "el gris humo está disponible?",
        "me quemé la cabeza buscando mi pedido",
        "estoy quemada con este servicio",
    ],
    "fr": [
        "Mon mari est hospitalisé",
        "Pouvez-vous livrer à l'hôpital ?",
        "ces chaussures me tuent les pieds",
        "une explosion de couleurs magnifique",
        "les prix explosent",
        "la robe rouge feu est-elle disponible ?",
        "pouvez-vous livrer à l'hôpital ?",
        "mon mari est hospitalisé, annulez sa commande",
        "je suis à l'hôpital jusqu'au 3, rien de grave",
        "avez-vous le gris fumée ?",
        "je brûle d'impatience",
        "je suis blessé par votre ton",
        "j'ai flashé sur ce manteau",
    ],
    "ja": [
        "この靴、足が死ぬほど痛いです",
        "色の爆発みたいで素敵です",
        "人気爆発ですね",
        "病院に届けてもらえますか",
        "火曜日に届きますか",
        "煙突のような形の帽子はありますか",
        "燃えるような赤のドレスはありますか",
        "スモークグレーはありますか",
        "ショートブーツはありますか",
    ],
}


@pytest.fixture(scope="module")
def cues(lexicons: tuple[Lexicon, ...]) -> Cues:
    return Cues(lexicons)


@pytest.mark.parametrize("text", [text for texts in DANGER.values() for text in texts])
def test_danger_is_heard(cues: Cues, text: str) -> None:
    assert Signal.SAFETY in cues.signals(fold(text))


@pytest.mark.parametrize("text", [text for texts in HARMLESS.values() for text in texts])
def test_figures_of_speech_alarm_nobody(cues: Cues, text: str) -> None:
    assert Signal.SAFETY not in cues.signals(fold(text))
