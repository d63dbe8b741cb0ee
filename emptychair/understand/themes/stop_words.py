"""Words that say nothing about a theme, or little, in the languages at hand."""

from functools import cache

_ENGLISH = """
 just like really get got getting im ive id ill dont didnt doesnt cant couldnt wont wouldnt isnt
 wasnt arent havent hasnt thats theres youre theyre its whats lets hi hello hey please thanks thank
 ok okay yes yeah oh lol amp gt lt nbsp br quot apos don didn doesn isn wasn aren haven hasn couldn
 wouldn shouldn won ll ve re going did does doing said say says want wanted know think thing things
 lot way need needed tell use used using make makes made u ur pls plz th st nd rd need know
"""
_GERMAN = """
 der die das den dem des ein eine einen einem einer und oder aber ich du er sie es wir ihr mich mir
 mein meine ist sind war waren bin hat habe haben hatte nicht kein keine mit von zu zum zur im in am
 an auf für bei aus nach wie was wenn dass als auch noch nur schon sehr so man wird werden kann
 können bitte danke ja nein doch mal
"""
_FRENCH = """
 le la les un une des du de et ou mais je tu il elle nous vous ils elles me mon ma mes est sont
 était suis ai as avons avez ont pas ne que qui quoi dans sur pour par avec sans ce cette ces au aux
 en se son sa ses très plus bien merci oui non bonjour être avoir fait
"""
_SPANISH = """
 el la los las un una unos unas y o pero yo tú él ella nosotros me mi mis es son era soy he ha han
 no que quien en de del al por para con sin se su sus lo le les muy más como ya si sí esta este esto
 está están ser hay gracias hola fue
"""
_PORTUGUESE = """
 o a os as um uma uns umas e ou mas eu ele ela nós me meu minha é são era sou tem não que quem em de
 do da dos das no na nos nas por para com sem se seu sua muito mais como já sim esta este isso está
 ser há obrigado obrigada olá foi pra
"""
_ITALIAN = """
 il lo la i gli le un una e o ma io lui lei noi mi mio mia è sono era ho ha hanno non che chi in di
 del della dei al alla per con senza si suo sua molto più come già sì questo questa essere grazie
 ciao
"""
_DUTCH = """
 de het een en of maar ik jij hij zij wij mij mijn is zijn was waren ben heb heeft hebben niet geen
 met van te op in aan bij uit naar voor om dat die dit als ook nog wel zeer er wordt kan bedankt ja
 nee
"""
_RUSSIAN = """
 и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот
 от меня еще нет о из ему теперь когда даже ну если уже или ни быть был него до вас опять уж вам ведь
 там потом себя ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без чего раз
 тоже себе под будет тогда кто этот того потому этого какой совсем ним здесь этом один почти мой тем
 чтобы нее были куда зачем всех можно при это эта эти спасибо здравствуйте очень
"""
_POLISH = """
 i w we na nie że się z ze do to jest jak a o co po za od ale tak już tylko czy ja mi mnie są był była
 było by dla przez ten ta te tego tej tym może być jeszcze ma mam bardzo dziękuję proszę dzień dobry
"""
_SWEDISH = """
 och i att det som en ett på är av för med den till inte om jag har de så men var kan från vi när man
 sig eller ni du mig min mitt mina hej tack mycket
"""
_TURKISH = """
 ve bir bu da de için çok ile ama ben o ne gibi daha mi mı en var yok olarak kadar sonra her şey
 merhaba teşekkürler lütfen
"""
_CHINESE = """
 的 是 和 了 在 我 你 他 也 都 不 就 有 很 这 那 与 或 及 一个 这个 那个
 我们 你们 可以 没有 什么 谢谢 请 好
"""
_JAPANESE = """
 は が を に の で と も た て です ます する した して いる ある これ それ
 この その から まで より
"""

# Stems of words that stand in texts about anything: they tell something beside others, nothing alone.
_VAGUE = """
 second minute min mins hour day days week month year time today yesterday tomorrow tonight morning afternoon
 evening night moment ago later earlier soon long recently couple several first last next new old
 different other try tried trying work working worked ask asked asking gave given give gone went come
 came look looked looking help helped receive received receiving happen happened show showing keep
 keeping start started able possible now still back right way
"""
SAYS_LITTLE = frozenset(_VAGUE.split())


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about a theme."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS  # a second of a start

    own = " ".join((_ENGLISH, _GERMAN, _FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _DUTCH)).split()
    own += " ".join((_RUSSIAN, _POLISH, _SWEDISH, _TURKISH, _CHINESE, _JAPANESE)).split()
    return frozenset((ENGLISH_STOP_WORDS - {"bill", "call", "system", "interest", "fire", "cry"}).union(own))
